# SPDX-License-Identifier: Apache-2.0
"""What the commands here have in common: the built things, processes that are started and ended, the machine."""

import os
import platform
import re
import shutil
import socket
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))
PROJECT = os.path.dirname(HERE)
BUILD = 'in the project\'s folder: mvn -q -DskipTests package'


class Failure(Exception):
    """What the user is told, in a sentence."""


def need(path, how):
    if not os.path.exists(path):
        raise Failure(f'{os.path.relpath(path)} is missing: {how}')
    return path


def build_loadgen(folder):
    """The load generator, built into a folder."""
    loadgen = os.path.join(folder, 'loadgen')
    subprocess.run(['cc', '-O2', '-o', loadgen, os.path.join(HERE, 'loadgen', 'loadgen.c'), '-pthread'], check=True)
    return loadgen


def copy_distribution(folder):
    """A copy, so that neither its deploy folder nor a build that goes on meanwhile matters."""
    built = need(os.path.join(PROJECT, 'launcher', 'target', 'a6runner'), BUILD)
    distribution = os.path.join(folder, 'a6runner')
    shutil.copytree(built, distribution, ignore=shutil.ignore_patterns('data'))
    return distribution


def built_jar(classifier):
    """The jar of this module that has a classifier."""
    target = os.path.join(HERE, 'target')
    end = f'-{classifier}.jar'
    jars = [name for name in os.listdir(target) if name.endswith(end)] if os.path.isdir(target) else []
    return need(os.path.join(target, jars[0] if jars else 'a6runner-benchmarks' + end), BUILD)


def listens(path):
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
            return True
        except OSError:
            return False


class Server:
    """One process with a socket, started, and ended by its pid."""

    def __init__(self, name, command, address, log, env=None, load=None):
        self.name = name
        self.address = address
        self.load = load or []
        self.log = log
        with open(log, 'wb') as out:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env)
        for _ in range(600):
            if listens(address):
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.stop()
        raise Failure(f'{name} did not start to listen on {address}:\n{self.said()}')

    def said(self):
        with open(self.log, errors='replace') as text:
            return text.read()[-2000:]

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def java_command(self):
        """The java and the options it runs with; empty if it is none."""
        with open(f'/proc/{self.pid}/cmdline', 'rb') as file:
            words = [word.decode() for word in file.read().split(b'\0')[:-1]]
        return words[:words.index('-jar')] if '-jar' in words else []

    def jcmd(self, *words):
        """What jcmd of its JDK says; None if there is none."""
        jcmd = os.path.join(os.path.dirname(os.path.realpath(f'/proc/{self.pid}/exe')), 'jcmd')
        if not os.path.exists(jcmd):
            return None
        return subprocess.run([jcmd, str(self.pid), *words], capture_output=True, text=True, check=False).stdout

    def allocated(self):
        """Bytes that its Java threads have allocated since they began."""
        text = self.jcmd('Thread.print', '-e')
        if text is None:
            return None
        sizes = re.findall(r' allocated=(\d+)([BKMG]) ', text)
        return sum(int(size) << {'B': 0, 'K': 10, 'M': 20, 'G': 30}[unit] for size, unit in sizes) if sizes else None


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
        for line in file:
            if line.startswith('model name'):
                model = line.split(':', 1)[1].strip()
                break
    commit = subprocess.run(['git', '-C', PROJECT, 'rev-parse', '--short=10', 'HEAD'], capture_output=True, text=True, check=False).stdout.strip()
    return f'{model}, {os.cpu_count()} processors, Linux {platform.release()}, commit {commit or "unknown"}'


def load_average():
    return ' '.join(f'{value:.2f}' for value in os.getloadavg())


def interrupted(number, frame):
    raise KeyboardInterrupt


def print_table(headings, rows):
    print('| ' + ' | '.join(headings) + ' |')
    print('|' + '---|' * len(headings))
    for row in rows:
        print('| ' + ' | '.join(row) + ' |')
